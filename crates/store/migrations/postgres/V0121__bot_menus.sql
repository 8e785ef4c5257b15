-- Bots whose menu of commands Telegram has to be told. A row goes when that is done.
CREATE TABLE bot_menu (
    bot_id BYTEA PRIMARY KEY,
    due_at BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX bot_menu_due ON bot_menu (due_at);
