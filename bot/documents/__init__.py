"""What is handed out and taken in: pictures, workbooks, letters, pages."""
