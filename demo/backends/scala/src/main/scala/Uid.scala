package demo

import java.nio.charset.StandardCharsets.UTF_8

private val part = "([^\\x00-\\x1f\\x7f-\\x9f/+#:]+)"
private val longestPart = 64 // bytes
private val sound = s"$part:$part:[a-z0-9]{4,16}".r

/** `{org}:{user}:{random}`, as the convention allows them. */
def isUid(text: String): Boolean = text match
  case sound(org, user) => List(org, user).forall(_.getBytes(UTF_8).length <= longestPart)
  case _ => false
