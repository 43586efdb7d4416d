"""What pages and routes need, loaded once and shared by every session; long work beside the pages."""
