"""The desk's figures: folded by day while tickets are there, asked for by period, shown, kept, printed and mailed."""
