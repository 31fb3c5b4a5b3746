package demo

private const val PART = "([^\\x00-\\x1f\\x7f-\\x9f/+#:]+)"
private const val LONGEST_PART = 64 // bytes
private val sound = Regex("$PART:$PART:[a-z0-9]{4,16}")

/** `{org}:{user}:{random}`, as the convention allows them. */
fun isUid(text: String) =
    sound.matchEntire(text)?.groupValues?.drop(1)?.all { it.encodeToByteArray().size <= LONGEST_PART } == true
