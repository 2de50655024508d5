namespace FleetProf.Agent.Tests.Redaction;

/// <summary>Arguments that say nothing secret and are what people recognise a process by.</summary>
internal static class HarmlessWords
{
    public static IReadOnlyList<string[]> All { get; } =
    [
        ["--urls", "http://127.0.0.1:8080"], ["--environment", "Production"], ["--port=8080"], ["--port", "5432"], ["--workers", "4"], ["-v"], ["--verbose"], ["--log-level=Debug"],
        ["--Logging:LogLevel:Default=Warning"], ["--runtimeconfig", "/srv/app/Reports.runtimeconfig.json"], ["/opt/shop/bin/Release/net10.0/linux-x64/publish/Checkout.dll"],
        ["--exit-with-parent"], ["--region=eu-west-1"], ["--zone", "eu-west-1a"], ["--replicas=12"], ["--max-connections=100"], ["--timeout", "00:01:30"], ["--config", "/etc/shop/appsettings.Production.json"],
        ["--data", "/var/lib/shop"], ["--name=checkout-7d9f8"], ["--listen", "0.0.0.0:443"], ["--listen=[::]:8443"], ["--broker", "kafka-1.example:9092,kafka-2.example:9092"], ["--db-host=db.internal.example"],
        ["--feature", "fast-path"], ["--ratio=0.25"], ["--since", "2026-03-14T12:00:00Z"], ["--monitor"], ["--keyboard=de"], ["--design=x"], ["--author=ann"], ["--shipping-mode", "pinned"],
        ["-Xmx2g"], ["--gc-heap-count=8"], ["--user-agent=shop/1.2"], ["https://registry.example/@scope/package"], ["docker.example/shop:1.2.3"], ["git@git.example:shop/app.git"],
        ["--version=1.4.2-rc.1+build.77"], ["--locale", "de-DE"], ["--greeting=Grüße"], ["--title", "注文サービス"], ["--filter", "Category=Fast"], ["--path=/mnt/Volume01/Exports2026/Reports"],
        ["--include", "**/*.cs"], ["--retry=3"], ["--queue", "orders.created"], ["-c", "Release"], ["run"], ["--no-build"], ["--allowedhosts=*"], ["--pipeline=ingest"],
        ["-port=8080"], ["-port8080"], ["-p8080"], ["-pidfile", "/run/shop.pid"], ["-urls", "http://127.0.0.1:8080"], ["-prod"], ["-parallel=4"], ["-profile:eu-west"], ["-kubeconfig", "/etc/shop/kube.yaml"],
        ["-p:PublishDir=/srv/shop"], ["-P127.0.0.1:5432"], ["-k512MB"], ["-unix-socket=/run/shop.sock"], ["-cp", "/opt/shop/lib"], ["--userPath=/srv/shop"], ["--isPinned=true"], ["--maxOptions", "5"], ["--SignalName=term"], ["--bookAuthor=ann"], ["--AUTHOR=ann"], ["--clipSkew=3"], ["-XX:+UseZGC"], ["-Dserver.port=8080"],
    ];
}
