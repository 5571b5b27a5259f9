"""What a policy officer starts from: next year's draft, a new plugin, a plugin from a decision's annex."""
