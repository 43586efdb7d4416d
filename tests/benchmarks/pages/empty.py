"""A page without a map: what Streamlit itself sends."""
