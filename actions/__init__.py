"""What Rasa asks the front desk to do. Each action reads slots, opens one transaction, calls a service and names a
response; the words are in data/, the decisions in the rules and in the services."""
