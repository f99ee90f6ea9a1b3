# Compiles the launcher, then lets a JVM go through a job and keep what it loaded and compiled (JEP 483, 514, 515).
java=/usr/lib/jvm/java-25-openjdk-amd64/bin
cd /opt/coderunner
$java/javac -d /tmp/classes Launcher.java
$java/jar --create --file launcher.jar -C /tmp/classes .
mkdir -p /sandbox /program
$java/java -XX:AOTCacheOutput=java.aot -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MaxRAMPercentage=60 -XX:-UsePerfData --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -cp /opt/coderunner/launcher.jar coderunner.Launcher train
rm -rf /tmp/classes /program/*
ls -la
