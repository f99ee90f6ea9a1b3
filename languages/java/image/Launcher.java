package coderunner;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles and runs a job's Java program.
 *
 * <p>As {@code resident} it warms up, says so on descriptor 4, and then does what descriptor 3 tells it, once (see docs/agent-protocol.md).
 * As {@code compile} and {@code run} it does one of the two in a process of its own. Compiled classes go to {@code /program/classes}.
 */
public final class Launcher {
    private static final Path CLASSES = Path.of("/program/classes");
    private static final Path SANDBOX = Path.of("/sandbox");
    /** Rounds of compiling and running the warm-up program: more make the JVM larger, and the first job hardly faster. */
    private static final int WARM_UPS = 5;
    private static final int ASK_FINISH = 2;
    private static final int READY = 'R';
    private static final int OUT_OF_MEMORY = 'M';

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, StandardCharsets.UTF_8);

    /** Where the agent listens; none when this is not the resident process. */
    private static OutputStream answers = OutputStream.nullOutputStream();

    /** A source file, called what the user called it. */
    private static final class Source extends SimpleJavaFileObject {
        private final String name;
        private final String text;

        Source(String name, String text) {
            super(URI.create("string:///" + name.replaceAll("[^A-Za-z0-9_./-]", "_")), Kind.SOURCE);
            this.name = name;
            this.text = text;
        }

        @Override public String getName() { return name; }
        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) { return text; }
        /** A public class may be in a file of any name: snippets rarely come with theirs. */
        @Override public boolean isNameCompatible(String simpleName, Kind kind) {
            // The compiler asks each file whether it is the one that describes its package or module.
            return kind == Kind.SOURCE && (!simpleName.endsWith("-info") || name.endsWith(simpleName + ".java"));
        }
    }

    private static final class Compiled extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Compiled(String name) { super(URI.create("mem:///" + name.replace('.', '/') + ".class"), Kind.CLASS); }

        @Override public OutputStream openOutputStream() { return bytes; }
    }

    private static final class Output extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, Compiled> classes = new LinkedHashMap<>();

        Output() { super(FILES); }

        @Override public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            return classes.computeIfAbsent(name, Compiled::new);
        }
    }

    /** Defines the program's classes. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(ClassLoader.getPlatformClassLoader());
            this.classes = classes;
        }

        @Override protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) throw new ClassNotFoundException(name);
            return defineClass(name, bytes, 0, bytes.length);
        }

        @Override protected java.net.URL findResource(String name) {
            try {
                Path path = SANDBOX.resolve(name);
                return Files.isRegularFile(path) ? path.toUri().toURL() : null;
            } catch (IOException | IllegalArgumentException unusable) {
                return null;
            }
        }
    }

    private Launcher() {}

    public static void main(String[] args) throws Throwable {
        switch (args[0]) {
            case "resident" -> resident();
            case "train" -> {
                warmUp(1);
                Environment.set(new String[] {"HOME=/"});
            }
            case "compile" -> System.exit(compile(Arrays.asList(args).subList(1, args.length)));
            case "run" -> run(load(), args[1], Arrays.copyOfRange(args, 2, args.length));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void resident() throws Throwable {
        warmUp(WARM_UPS);
        // Twice, so that the way of a new value has been gone too.
        Environment.set(new String[] {"HOME=/"});
        Environment.set(new String[] {"HOME=/tmp"});
        System.gc();
        DataInputStream commands = new DataInputStream(new FileInputStream("/proc/self/fd/3"));
        answers = new FileOutputStream("/proc/self/fd/4");
        answers.write(READY);
        while (true) {
            commands.readInt();
            boolean last = commands.readByte() == ASK_FINISH;
            String[] texts = readTexts(commands);
            String[] environment = readTexts(commands);
            if (texts[0].equals("compile")) {
                int code = compile(Arrays.asList(texts).subList(1, texts.length));
                if (last) System.exit(code);
                answers.write(code);
            } else {
                commands.close();
                Environment.set(environment);
                run(load(), texts[1], Arrays.copyOfRange(texts, 2, texts.length));
                return;
            }
        }
    }

    private static String[] readTexts(DataInputStream commands) throws IOException {
        String[] texts = new String[commands.readInt()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = new String(commands.readNBytes(commands.readInt()), StandardCharsets.UTF_8);
        }
        return texts;
    }

    /**
     * The environment of the job in place of the one that this process was started with, for {@code System.getenv} and for child processes.
     *
     * <p>The library reads it once and keeps it in a map that nobody can change. What it wraps is reached past its access checks, not by opening
     * {@code java.base} to everybody: then the program could do the same.
     */
    private static final class Environment {
        private static final Map<String, String> MUTABLE = mutable();
        /** What child processes inherit is not Java's copy, but the C library's. */
        private static final MethodHandle SETENV = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        private static final MethodHandle UNSETENV = Linker.nativeLinker().downcallHandle(
            Linker.nativeLinker().defaultLookup().findOrThrow("unsetenv"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

        @SuppressWarnings({"unchecked", "removal", "deprecation"})
        private static Map<String, String> mutable() {
            try {
                var own = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
                own.setAccessible(true);
                var unsafe = (sun.misc.Unsafe) own.get(null);
                var field = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theUnmodifiableEnvironment");
                Object unmodifiable = unsafe.getObject(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field));
                var wrapped = Class.forName("java.util.Collections$UnmodifiableMap").getDeclaredField("m");
                return (Map<String, String>) unsafe.getObject(unmodifiable, unsafe.objectFieldOffset(wrapped));
            } catch (ReflectiveOperationException error) {
                throw new IllegalStateException("this Java keeps its environment elsewhere", error);
            }
        }

        /** What there was and is not among {@code pairs} is gone: the engine adds the container's own name. */
        static void set(String[] pairs) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                Set<String> others = new HashSet<>(MUTABLE.keySet());
                for (String pair : pairs) others.remove(pair.substring(0, pair.indexOf('=')));
                for (String name : others) {
                    MUTABLE.remove(name);
                    int ignored = (int) UNSETENV.invokeExact(arena.allocateFrom(name));
                }
                for (String pair : pairs) {
                    int end = pair.indexOf('=');
                    String name = pair.substring(0, end);
                    String value = pair.substring(end + 1);
                    if (value.equals(MUTABLE.put(name, value))) continue;
                    int ignored = (int) SETENV.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
                }
            }
            // Read when the JVM starts, so too early.
            String zone = MUTABLE.get("TZ");
            if (zone != null) TimeZone.setDefault(TimeZone.getTimeZone(zone.startsWith(":") ? zone.substring(1) : zone));
        }
    }

    /** Compiles and runs a program that uses what programs use, with its output thrown away. */
    private static void warmUp(int rounds) throws Throwable {
        PrintStream out = System.out;
        String warmUp = Files.readString(Path.of("/opt/coderunner/WarmUp.java"));
        String hello = "public class Main { public static void main(String[] a) { System.out.println(\"Hello\"); } }";
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        for (int i = 0; i < rounds; i++) {
            for (String text : List.of(hello, warmUp)) {
                Output output = new Output();
                compile(List.of(), List.of(new Source("Main.java", text)), output, new PrintWriter(System.err));
                Map<String, byte[]> classes = new LinkedHashMap<>();
                output.classes.forEach((name, compiled) -> classes.put(name, compiled.bytes.toByteArray()));
                store(classes);
                run(load(), "Main.java", new String[0]);
                Files.delete(CLASSES);
            }
        }
        System.setOut(out);
    }

    private static boolean compile(List<String> options, List<Source> sources, JavaFileManager output, PrintWriter messages) {
        List<String> all = new ArrayList<>(List.of("-proc:none", "-g:source,lines,vars", "-XDuseUnsharedTable=false"));
        all.addAll(options);
        return COMPILER.getTask(messages, output, null, all, null, sources).call();
    }

    /** Options, "--", sources. The exit code. */
    private static int compile(List<String> arguments) throws IOException {
        int middle = arguments.indexOf("--");
        List<String> options = new ArrayList<>();
        for (String option : arguments.subList(0, middle)) {
            // javac takes this option's value as an argument of its own.
            if (option.startsWith("--release=")) options.addAll(List.of("--release", option.substring("--release=".length())));
            else options.add(option);
        }
        if (options.contains("--enable-preview") && !options.contains("--release")) {
            options.addAll(List.of("--release", String.valueOf(Runtime.version().feature())));
        }
        List<Source> sources = new ArrayList<>();
        for (String name : arguments.subList(middle + 1, arguments.size())) {
            // Malformed UTF-8 becomes replacement characters, which javac reports where they matter.
            String text = new String(Files.readAllBytes(SANDBOX.resolve(name)), StandardCharsets.UTF_8);
            // The mark that some editors put in front is no part of the program; javac alone among compilers does not know it.
            if (text.startsWith("\uFEFF")) text = text.substring(1);
            sources.add(new Source(name.startsWith("./") ? name.substring(2) : name, text));
        }
        PrintWriter messages = new PrintWriter(System.err);
        Output output = new Output();
        boolean compiled;
        try {
            compiled = compile(options, sources, output, messages);
        } catch (IllegalArgumentException unknownOption) {
            messages.println("error: " + unknownOption.getMessage());
            compiled = false;
        }
        messages.flush();
        if (!compiled) return 1;
        Map<String, byte[]> classes = new LinkedHashMap<>();
        output.classes.forEach((name, file) -> classes.put(name, file.bytes.toByteArray()));
        try {
            store(classes);
        } catch (IOException noRoom) {
            messages.println("error: the compiled classes cannot be kept: " + noRoom.getMessage());
            messages.flush();
            return 1;
        }
        return 0;
    }

    /** All classes in one file: a class may have a name that no file can have, and a package the name of any file. */
    private static void store(Map<String, byte[]> classes) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(CLASSES)))) {
            out.writeInt(classes.size());
            for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue().length);
                out.write(entry.getValue());
            }
        }
    }

    private static Map<String, byte[]> load() throws IOException {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(CLASSES)))) {
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                classes.put(name, in.readNBytes(in.readInt()));
            }
        }
        return classes;
    }

    /** Runs the program; what it throws goes on to the JVM, which reports it as ever. */
    private static void run(Map<String, byte[]> classes, String entry, String[] args) throws Throwable {
        Loader loader = new Loader(classes);
        Thread.currentThread().setContextClassLoader(loader);
        Method main = find(loader, classes, entry);
        if (main == null) {
            System.err.println("error: no main method found; a class needs one: public static void main(String[] args)");
            System.exit(1);
        }
        try {
            main.setAccessible(true);
            Object receiver = null;
            if (!Modifier.isStatic(main.getModifiers())) {
                var constructor = main.getDeclaringClass().getDeclaredConstructor();
                constructor.setAccessible(true);
                receiver = constructor.newInstance();
            }
            if (main.getParameterCount() == 1) main.invoke(receiver, (Object) args);
            else main.invoke(receiver);
        } catch (InvocationTargetException wrapped) {
            Throwable thrown = wrapped.getCause();
            if (thrown instanceof OutOfMemoryError) answers.write(OUT_OF_MEMORY);
            hideLauncher(thrown);
            throw thrown;
        } catch (ExceptionInInitializerError error) {
            hideLauncher(error);
            throw error;
        }
    }

    /** Takes this class and what it called out of the stack trace. */
    private static void hideLauncher(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            StackTraceElement[] trace = t.getStackTrace();
            int end = trace.length;
            while (end > 0 && isOurs(trace[end - 1])) end--;
            t.setStackTrace(Arrays.copyOf(trace, end));
            if (t.getCause() == t) break;
        }
    }

    private static boolean isOurs(StackTraceElement frame) {
        String name = frame.getClassName();
        return name.startsWith("coderunner.") || name.startsWith("java.lang.reflect.") || name.startsWith("jdk.internal.reflect.");
    }

    /** The main method: of the class called like the entry file if it has one, else of the first class that does. */
    private static Method find(Loader loader, Map<String, byte[]> classes, String entry) throws ClassNotFoundException {
        String file = entry.substring(entry.lastIndexOf('/') + 1);
        String named = file.endsWith(".java") ? file.substring(0, file.length() - ".java".length()) : file;
        List<String> names = new ArrayList<>(classes.keySet());
        names.sort((a, b) -> Boolean.compare(!simple(a).equals(named), !simple(b).equals(named)));
        for (String name : names) {
            Method main = mainOf(loader.loadClass(name));
            if (main != null) return main;
        }
        return null;
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    /** Static before instance, with arguments before without (JEP 512). */
    private static Method mainOf(Class<?> type) {
        Method best = null;
        int bestRank = Integer.MAX_VALUE;
        for (Method method : type.getDeclaredMethods()) {
            if (!method.getName().equals("main") || method.getReturnType() != void.class || Modifier.isPrivate(method.getModifiers())) continue;
            Class<?>[] parameters = method.getParameterTypes();
            boolean withArgs = parameters.length == 1 && parameters[0] == String[].class;
            if (!withArgs && parameters.length != 0) continue;
            boolean isStatic = Modifier.isStatic(method.getModifiers());
            if (!isStatic && (type.isInterface() || Modifier.isAbstract(type.getModifiers()) || Modifier.isAbstract(method.getModifiers()))) continue;
            int rank = (isStatic ? 0 : 2) + (withArgs ? 0 : 1);
            if (rank < bestRank) {
                best = method;
                bestRank = rank;
            }
        }
        return best;
    }
}
