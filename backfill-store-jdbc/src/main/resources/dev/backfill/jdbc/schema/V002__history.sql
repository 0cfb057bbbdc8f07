-- The history. No foreign keys: items arrive in any order and from several sources.

CREATE TABLE IF NOT EXISTS {repositories} (
  id bigint PRIMARY KEY,
  full_name {text} NOT NULL,
  owner {text} NOT NULL,
  name {text} NOT NULL,
  is_private boolean NOT NULL,
  html_url {text} NOT NULL,
  created_at {timestamp},
  updated_at {timestamp}
);

CREATE TABLE IF NOT EXISTS {accounts} (
  id bigint PRIMARY KEY,
  login {text} NOT NULL,
  type {text} NOT NULL
);

CREATE TABLE IF NOT EXISTS {pull_requests} (
  repository_id bigint NOT NULL,
  number integer NOT NULL,
  github_id bigint NOT NULL,
  title {text} NOT NULL,
  body {text},
  state {text} NOT NULL,
  draft boolean NOT NULL,
  merged boolean NOT NULL,
  author_id bigint,
  author_login {text},
  created_at {timestamp} NOT NULL,
  updated_at {timestamp} NOT NULL,
  merged_at {timestamp},
  closed_at {timestamp},
  additions integer,
  deletions integer,
  changed_files integer,
  commits integer,
  comments integer,
  review_comments integer,
  merged_by_id bigint,
  merged_by_login {text},
  head_ref {text},
  head_sha {text},
  base_ref {text} NOT NULL,
  base_sha {text},
  html_url {text} NOT NULL,
  PRIMARY KEY (repository_id, number)
);

CREATE TABLE IF NOT EXISTS {pull_request_reviews} (
  github_id bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  pull_request_number integer NOT NULL,
  state {text} NOT NULL,
  author_id bigint,
  author_login {text},
  submitted_at {timestamp},
  body {text},
  commit_id {text},
  pull_request_updated_at {timestamp} NOT NULL
);

CREATE INDEX IF NOT EXISTS {prefix}pull_request_reviews_by_number
  ON {pull_request_reviews} (repository_id, pull_request_number);

CREATE TABLE IF NOT EXISTS {review_comments} (
  github_id bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  pull_request_number integer NOT NULL,
  review_id bigint,
  path {text},
  body {text} NOT NULL,
  author_id bigint,
  author_login {text},
  created_at {timestamp} NOT NULL,
  updated_at {timestamp} NOT NULL,
  in_reply_to_id bigint
);

CREATE INDEX IF NOT EXISTS {prefix}review_comments_by_number
  ON {review_comments} (repository_id, pull_request_number);

CREATE TABLE IF NOT EXISTS {issue_comments} (
  github_id bigint PRIMARY KEY,
  repository_id bigint NOT NULL,
  issue_number integer NOT NULL,
  on_pull_request boolean NOT NULL,
  body {text} NOT NULL,
  author_id bigint,
  author_login {text},
  created_at {timestamp} NOT NULL,
  updated_at {timestamp} NOT NULL
);

CREATE INDEX IF NOT EXISTS {prefix}issue_comments_by_number
  ON {issue_comments} (repository_id, issue_number);
