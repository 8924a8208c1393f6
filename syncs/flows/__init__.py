"""What each flow does with its records: split, judge, transform. Values in, values out."""
