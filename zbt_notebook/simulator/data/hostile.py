"""Texts that attack whoever shows them: the bugs of the project that is marked hostile."""

# ruff: noqa: RUF001  characters that look like others are the point here

TITLES: tuple[str, ...] = (
    "<script>document.title='owned'</script>",
    '<img src=x onerror="window.owned=1">',
    '"><svg/onload=alert(1)>',
    "</td></tr></table><h1>out of the table</h1>",
    "</script><script>window.owned=2</script>",
    "[click me](javascript:alert(1)) <a href='javascript:alert(1)'>or me</a>",
    "<style>body{display:none}</style>hidden page",
    "<iframe src='https://attacker.example/'></iframe>",
    "{{ ''.__class__.__mro__ }} ${7*7} #{7*7} {name} {0.__class__} %s %(x)s",
    "$x^2$ \\href{javascript:alert(1)}{math}",
    "\u202eevil\u202c right-to-left override",
    "العنوان من اليمين إلى اليسار مع English",
    "כותרת בעברית 123 (סוגריים)",
    "\x1b[31mred\x1b[0m \x1b]0;new terminal title\x07 \x1b[2J",
    "bell\x07 backspace\x08 vertical\x0b form\x0c null\x00 delete\x7f",
    "line one\nline two\r\nline three\u2028line four\u2029paragraph",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈 flag 🇪🇺 👍🏿 emoji",
    "Z̸̡̛͓a̷͎͝l̶̰̈g̵̱̾o̴͚͝ combining marks e\u0301 é",
    "lone high \ud83d surrogate",
    "lone low \ude00 surrogate",
    "zero\u200bwidth\u200dand\ufeffmarks\u00adhere",
    '=HYPERLINK("https://attacker.example","formula")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "'; DROP TABLE bugs; --",
    "../../../../etc/passwd",
    "C:\\temp\\new\\x41",
    "null",
    "NaN",
    "true",
    "1e309",
    "007",
    "404170000000000001",
    "   leading and trailing   ",
    "",
    "%zbt logout",
    "!echo owned",
    "W" * 2000,
    "𝕬𝖘𝖙𝖗𝖆𝖑 𝓹𝓵𝓪𝓷𝓮 𠜎𠜱",
)

DESCRIPTION = (
    '<div onmouseover="window.owned=3"><script>window.owned=4</script><b>bold</b>'
    "<img src='https://attacker.example/pixel.gif'><a href=\"javascript:alert(1)\">link</a></div>"
)
