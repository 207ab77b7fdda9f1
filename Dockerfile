FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY . .
RUN mvn -B -q -pl gateway-app -am -DskipTests -Dexec.skip package

FROM eclipse-temurin:17-jre
COPY --from=build /build/gateway-app/target/weir/weir /opt/weir
RUN ["/opt/weir/bin/gateway", "prepare"]
USER 65534:65534
EXPOSE 8080 9901
STOPSIGNAL SIGTERM
ENTRYPOINT ["/opt/weir/bin/gateway"]
CMD ["run", "/etc/weir/gateway.yaml"]
