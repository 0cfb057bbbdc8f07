-- The labels that a repository offers. GitHub gives them no times.

CREATE TABLE IF NOT EXISTS {repository_labels} (
  repository_id bigint NOT NULL,
  name {text} NOT NULL,
  github_id bigint NOT NULL,
  color {text} NOT NULL,
  description {text},
  is_default boolean NOT NULL,
  PRIMARY KEY (repository_id, name)
);
