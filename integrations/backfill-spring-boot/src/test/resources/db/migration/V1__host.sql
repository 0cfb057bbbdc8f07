CREATE TABLE host_by_flyway (id integer PRIMARY KEY);
