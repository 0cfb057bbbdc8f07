-- The history that is pulled. No foreign keys: items arrive in any order and from several sources.

CREATE TABLE IF NOT EXISTS ${prefix}repositories (
  id bigint PRIMARY KEY,
  full_name text NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  is_private boolean NOT NULL,
  html_url text NOT NULL,
  created_at text,
  updated_at text
);

CREATE TABLE IF NOT EXISTS ${prefix}accounts (
  id bigint PRIMARY KEY,
  login text NOT NULL,
  type text NOT NULL
);

CREATE TABLE IF NOT EXISTS ${prefix}pull_requests (
  repository_id bigint NOT NULL,
  number integer NOT NULL,
  github_id bigint NOT NULL,
  title text NOT NULL,
  body text,
  state text NOT NULL,
  draft boolean NOT NULL,
  merged boolean NOT NULL,
  author_id bigint,
  author_login text,
  created_at text NOT NULL,
  updated_at text NOT NULL,
  merged_at text,
  closed_at text,
  additions integer,
  deletions integer,
  changed_files integer,
  commits integer,
  comments integer,
  review_comments integer,
  merged_by_id bigint,
  merged_by_login text,
  head_ref text,
  head_sha text,
  base_ref text NOT NULL,
  base_sha text,
  html_url text NOT NULL,
  PRIMARY KEY (repository_id, number)
);

CREATE TABLE IF NOT EXISTS ${prefix}pull_request_reviews (
  github_id bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  pull_request_number integer NOT NULL,
  state text NOT NULL,
  author_id bigint,
  author_login text,
  submitted_at text,
  body text,
  commit_id text,
  pull_request_updated_at text NOT NULL
);

CREATE INDEX IF NOT EXISTS ${prefix}pull_request_reviews_by_number
  ON ${prefix}pull_request_reviews (repository_id, pull_request_number);

CREATE TABLE IF NOT EXISTS ${prefix}review_comments (
  github_id bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  pull_request_number integer NOT NULL,
  review_id bigint,
  path text,
  body text NOT NULL,
  author_id bigint,
  author_login text,
  created_at text NOT NULL,
  updated_at text NOT NULL,
  in_reply_to_id bigint
);

CREATE INDEX IF NOT EXISTS ${prefix}review_comments_by_number
  ON ${prefix}review_comments (repository_id, pull_request_number);

CREATE TABLE IF NOT EXISTS ${prefix}issue_comments (
  github_id bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  issue_number integer NOT NULL,
  on_pull_request boolean NOT NULL,
  body text NOT NULL,
  author_id bigint,
  author_login text,
  created_at text NOT NULL,
  updated_at text NOT NULL
);

CREATE INDEX IF NOT EXISTS ${prefix}issue_comments_by_number
  ON ${prefix}issue_comments (repository_id, issue_number);
