package demo;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** {@code {org}:{user}:{random}}, as the convention allows them. */
final class Uid {
    private static final String PART = "([^\\x00-\\x1f\\x7f-\\x9f/+#:]+)";
    private static final Pattern SOUND = Pattern.compile(PART + ":" + PART + ":[a-z0-9]{4,16}");
    private static final int LONGEST_PART = 64; // bytes

    private Uid() {}

    static boolean isSound(String uid) {
        var parts = SOUND.matcher(uid);
        return parts.matches() && fits(parts.group(1)) && fits(parts.group(2));
    }

    private static boolean fits(String part) {
        return part.getBytes(StandardCharsets.UTF_8).length <= LONGEST_PART;
    }
}
