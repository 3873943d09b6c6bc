-- Which tables are in the catalogue?
-- Grain: one row a table; views are none.
select table_name
from information_schema.tables
where table_type = 'BASE TABLE' and table_schema = 'guildhall'
