import java.lang.reflect.Field;
import java.net.BindException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * Starts DynamoDB Local as its own main class does, and adds three things that it has no option for: the address
 * to listen on (it takes every interface otherwise, and it asks nobody for a password), any free port (property
 * `port` = 0), and an end: when standard input closes, whoever started it is gone, killed or not, and it exits.
 *
 * Compiled with `npm run build --workspace @stockwire/local-aws` (a JDK is needed for that only, not for running).
 */
public final class LoopbackDynamoDb {
  public static void main(String[] args) throws Exception {
    Thread watchdog = new Thread(LoopbackDynamoDb::exitWhenInputCloses);
    watchdog.setDaemon(true);
    watchdog.start();

    DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(args);
    Field field = DynamoDBProxyServer.class.getDeclaredField("server");
    field.setAccessible(true);
    ServerConnector connector = (ServerConnector) ((Server) field.get(proxy)).getConnectors()[0];
    connector.setHost(System.getProperty("host"));
    connector.setPort(Integer.getInteger("port"));
    try {
      proxy.safeStart();
    } catch (Exception failure) {
      System.out.println(hasBindException(failure) ? "PORT TAKEN" : "FAILED " + failure);
      System.out.flush();
      Runtime.getRuntime().halt(1);
    }
    System.out.println("LISTENING " + connector.getLocalPort());
    System.out.flush();
  }

  private static boolean hasBindException(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) return true;
    }
    return false;
  }

  private static void exitWhenInputCloses() {
    try {
      while (System.in.read() >= 0) {}
    } catch (Exception closed) {
      // The same as the end of input.
    }
    Runtime.getRuntime().exit(0);
  }
}
