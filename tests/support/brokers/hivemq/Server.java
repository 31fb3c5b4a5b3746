import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** java Server.java DIRECTORY [USER PASSWORD]...: HiveMQ CE, which without an extension lets nobody in. */
public class Server {
    record Users(Map<String, String> passwords) implements ExtensionMain, SimpleAuthenticator {
        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            Services.securityRegistry().setAuthenticatorProvider(provider -> this);
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

        @Override
        public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
            ConnectPacket packet = input.getConnectPacket();
            String known = passwords.get(packet.getUserName().orElse(""));
            if (known != null && known.equals(packet.getPassword().map(Server::text).orElse(null))) output.authenticateSuccessfully();
            else output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD, "Unknown user or wrong password");
        }
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Map<String, String> passwords = new TreeMap<>();
        for (int i = 1; i + 1 < args.length; i += 2) passwords.put(args[i], args[i + 1]);
        EmbeddedExtension users = EmbeddedExtension.builder()
                .withId("users").withName("users").withVersion("1").withPriority(0).withStartPriority(1000).withAuthor("tests")
                .withExtensionMain(new Users(passwords)).build();
        EmbeddedHiveMQ server = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(directory.resolve("conf")).withDataFolder(directory.resolve("data"))
                .withExtensionsFolder(directory.resolve("extensions")).withEmbeddedExtension(users).build();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop().join()));
        server.start().join();
        System.out.println("takes clients");
        Thread.currentThread().join();
    }
}
