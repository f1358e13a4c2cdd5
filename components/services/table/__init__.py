"""Tables in Amazon DynamoDB."""
