"""The front desk: everything but Rasa itself.

`web` answers visitors and staff, `turns` takes one visitor message through Rasa and back, the services (`conversations`, `takeover`,
`handoffs`, `inbox`, `consultations`, `outbox`, `paging`, `staff`) work inside a transaction that an edge opened, `model` holds the tables,
`texts` renders the words of `data/`, `clinic` knows the clinic's facts, `notifier` sends what the outbox holds,
`processes` starts and watches the parts. Imports point inwards: edges → services → model.
"""
