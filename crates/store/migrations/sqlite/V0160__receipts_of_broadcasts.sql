-- How far the messages of a broadcast came, where the channel tells. A message that was read was delivered, too.
ALTER TABLE broadcast ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE broadcast ADD COLUMN read INTEGER NOT NULL DEFAULT 0;

-- Which part of our message it is: what fails after it was accepted is sent again by itself. A `receipt` below zero says
-- that it failed. NULL on rows of an older release.
ALTER TABLE provider_message ADD COLUMN part INTEGER;
