"""BILL's event side: subscriptions, notifications and the courier that carries them.

Reference: docs/systems/billcom.md#14-webhooks
"""
