-- Where the relay stands: every case with an event up to here has been woken.
create table relay_cursor (
    name text primary key,
    position bigint not null
);
insert into relay_cursor values ('cases', 0);
grant select, update on relay_cursor to duban_app;
