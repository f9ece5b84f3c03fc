-- What partitions would give and cost on a database filled by the seed command; decision 23 tells what was seen. Run by hand on a copy:
--   psql -d COPY -f measure.sql
-- Three tables with the same rows and indexes: plain, by stretches of the key (as by time), by customer. Each question is asked a
-- hundred times with other values; times are milliseconds of one question.
\set ON_ERROR_STOP on
\pset footer off
set max_parallel_workers_per_gather = 0;
drop schema if exists measured cascade;
create schema measured;
create extension if not exists hstore;
set search_path = measured, public;

create table plain (like "Orders" including defaults);
create table by_key (like "Orders" including defaults) partition by range ("Id");
create table by_customer (like "Orders" including defaults) partition by hash ("CustomerId");
do $$
declare rows bigint; parts constant int := 16; step bigint;
begin
  select max("Id") into rows from "Orders";
  step := rows / parts + 1;
  for i in 0 .. parts loop
    execute format('create table by_key_%s partition of by_key for values from (%s) to (%s)', i, i * step, case i when parts then 9000000000000000000 else (i + 1) * step end);
  end loop;
  for i in 0 .. parts - 1 loop
    execute format('create table by_customer_%s partition of by_customer for values with (modulus %s, remainder %s)', i, parts, i);
  end loop;
end $$;
insert into plain select * from "Orders" order by "Id";
insert into by_key select * from plain order by "Id";
insert into by_customer select * from plain where "CustomerId" is not null order by "Id";
alter table plain add primary key ("Id");
alter table by_key add primary key ("Id");
-- A key must hold what rows are divided by: nothing else can point at an order by its key alone any more.
alter table by_customer add primary key ("Id", "CustomerId");
do $$
declare t text;
begin
  foreach t in array array['plain', 'by_key', 'by_customer'] loop
    execute format('create index on %I ("CustomerId", "PlacedAt", "Id")', t);
    execute format('create index on %I ("PlacedAt", "Id")', t);
    execute format('create index on %I ("Status", "PlacedAt", "Id")', t);
    execute format('create index on %I ("BaseTotal", "Id")', t);
    execute format('analyze %I', t);
  end loop;
end $$;

create table times (place int generated always as identity, work text, plain numeric, by_key numeric, by_customer numeric);
create procedure ask(work text, question text, many int default 100) language plpgsql as $$
declare t text; began timestamptz; taken numeric; top bigint;
begin
  insert into measured.times (work) values (work);
  select max("Id") into top from "Customers";
  foreach t in array array['plain', 'by_key', 'by_customer'] loop
    -- Once without the watch: pages and plans are there.
    for round in 0 .. 1 loop
      began := clock_timestamp();
      for i in 1 .. many loop
        execute format('select max(asked::text) from (%s) asked', replace(question, '$table', t)) using (i * 7919::bigint) % top + 1;
      end loop;
      taken := extract(epoch from clock_timestamp() - began) * 1000 / many;
    end loop;
    execute format('update measured.times x set %I = $1 where x.work = $2', t) using round(taken, 3), work;
  end loop;
end $$;
create procedure change(work text, statement text) language plpgsql as $$
declare t text; began timestamptz;
begin
  insert into measured.times (work) values (work);
  foreach t in array array['plain', 'by_key', 'by_customer'] loop
    began := clock_timestamp();
    execute replace(statement, '$table', t);
    execute format('update measured.times x set %I = $1 where x.work = $2', t)
      using round(extract(epoch from clock_timestamp() - began) * 1000, 1), work;
  end loop;
end $$;

call ask('newest orders of a customer', 'select * from $table where "CustomerId" = $1 order by "PlacedAt" desc, "Id" desc limit 25');
call ask('newest orders', 'select * from $table where $1 > 0 order by "PlacedAt" desc, "Id" desc limit 25');
call ask('newest orders of a status', 'select * from $table where $1 > 0 and "Status" = ''Paid'' order by "PlacedAt" desc, "Id" desc limit 25');
call ask('an order by its key', 'select * from $table where "Id" = $1');
call ask('revenue of a day', 'select sum("BaseTotal") from $table where "PlacedAt" >= timestamptz ''2026-01-01'' + ($1 % 300) * interval ''1 day'' and "PlacedAt" < timestamptz ''2026-01-02'' + ($1 % 300) * interval ''1 day''', 20);
call ask('revenue of all', 'select sum("BaseTotal") from $table where $1 > 0', 1);
call change('100,000 orders are written', 'insert into $table select (o).* from (select o #= hstore(''Id'', (o."Id" + 100000000)::text) as o from "Orders" o where o."CustomerId" is not null order by o."Id" limit 100000) made');
call change('the oldest sixteenth is removed', 'delete from $table where "Id" < (select max("Id") / 16 from "Orders")');
select work, plain, by_key, by_customer from times order by place;
select relname, pg_size_pretty(pg_total_relation_size(oid)) from pg_class where relnamespace = 'measured'::regnamespace and relname = 'plain';
\timing on
vacuum plain;
alter table by_key detach partition by_key_1;
drop table by_key_1;
\timing off
drop schema measured cascade;
