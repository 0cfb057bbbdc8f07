--liquibase formatted sql
--changeset host:1
CREATE TABLE host_by_liquibase (id integer PRIMARY KEY);
