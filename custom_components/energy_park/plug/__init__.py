"""Networked plugs: one asynchronous client for each REST dialect."""
