-- A server's address is kept without the password that it may have been given with.
UPDATE submissions
SET server = substr(server, 1, instr(server, '://') + 2) || substr(server, instr(server, '@') + 1)
WHERE instr(server, '@') BETWEEN 1
      AND instr(server, '://') + 2 + instr(substr(server, instr(server, '://') + 3), '/');
