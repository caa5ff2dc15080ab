"""Sound against sound: where one lies in the other, how sure that is, or that it lies nowhere."""
