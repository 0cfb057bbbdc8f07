-- The milestones of repositories.

CREATE TABLE IF NOT EXISTS {milestones} (
  repository_id bigint NOT NULL,
  number integer NOT NULL,
  github_id bigint NOT NULL,
  title {text} NOT NULL,
  description {text},
  state {text} NOT NULL,
  creator_id bigint,
  creator_login {text},
  open_issues integer,
  closed_issues integer,
  created_at {timestamp} NOT NULL,
  updated_at {timestamp} NOT NULL,
  closed_at {timestamp},
  due_on {timestamp},
  html_url {text} NOT NULL,
  PRIMARY KEY (repository_id, number)
);
