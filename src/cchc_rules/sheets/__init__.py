"""An edition as a workbook that people edit, and the way back into its file."""
