"""A report as text for people, as JSON, and in the forms that pipelines and code hosts read: SARIF and JUnit."""
