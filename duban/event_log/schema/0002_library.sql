-- What the library `eventsourcing` keeps beside the log: how far its projections are, and its snapshots.

create table library_tracking (
    recorder         text not null,  -- the application that tracks
    application_name text not null,  -- the application it follows
    notification_id  bigint not null,
    primary key (recorder, application_name)
);

-- A disposable cache of what the log holds.
create table library_record (
    application        text not null,
    purpose            text not null,
    originator_id      text not null,
    originator_version bigint not null,
    topic              text not null,
    state              bytea not null,
    primary key (application, purpose, originator_id, originator_version)
);
