"""The verbs, offered to agents over the Model Context Protocol. The only home of its SDK."""
