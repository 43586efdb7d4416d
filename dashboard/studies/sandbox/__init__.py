"""Rules tried otherwise: editor, preview, drafts, publishing."""
