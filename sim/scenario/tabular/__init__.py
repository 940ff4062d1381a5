"""Tables as offices have them, text in any usual form or a workbook: one reader for rosters and observations.

bytes → a :class:`~sim.scenario.tabular.cells.Grid` of cells with their places → a :class:`~sim.scenario.tabular.table.Table`
with known columns.  What is certain in that file is read, with a notice where somebody might have meant something else; the
rest is a fault of its cell that says what to write instead.
"""
