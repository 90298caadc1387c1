// A Java program: 41 objects, 41 calls of one method, 3 collections, 3 threads.
import java.io.BufferedReader;
import java.io.InputStreamReader;

public class Target {
    void step() {
    }

    static void work() throws InterruptedException {
        for (int i = 0; i < 41; i++) {
            new Target().step();
        }
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread thread = new Thread(() -> { }, "compat-thread-" + i);
            thread.start();
            thread.join();
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader told = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        told.readLine();
        work();
        System.out.println("done");
        told.readLine();
    }
}
