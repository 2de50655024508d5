namespace FleetProf.Agent.Tests.Redaction;

/// <summary>Secrets where command lines have them.</summary>
/// <param name="Kind">For the count by kind.</param>
/// <param name="Arguments">As the process has them.</param>
/// <param name="Secrets">What must not leave the host, nor six characters in a row of it.</param>
internal sealed record SecretPlace(string Kind, string[] Arguments, params string[] Secrets)
{
    private static readonly Func<SecretWords, SecretPlace>[] Kinds = [Option, Option, Attached, Variable, Url, ConnectionString, ConnectionString, Header, Json, Shape, KeyBlock, Line, Encoded];

    public static SecretPlace Of(SecretWords words) => words.Any(Kinds)(words);

    private static SecretPlace Option(SecretWords words)
    {
        var (name, free) = (words.Name(), words.Free());
        return new("option", words.Number(0, 13) switch
        {
            0 => [$"--{name}={free}"],
            1 => [$"--{name}", free],
            2 => [$"-{name}", free],
            3 => [$"/{name}:{free}"],
            4 => [$"--{name}:{free}"],
            5 => [$"--{name}='{free}'"],
            6 => [$"--{name}=\"{free}\""],
            7 => [$"--{name}=", free],
            8 => [$"--{name}", "=", free],
            9 => [$"{name}:", free],
            10 => [words.Any("-p", "-u", "-pw", "--user", "--proxy-user", "-U"), $"root:{free}"],
            11 => [words.Any("password", "requirepass", "token", "secret"), free],
            _ => ["--require-token", $"--{name}", free],
        }, free);
    }

    /// <summary>Behind a letter that makes no word of the option's: "-p" and "rod" would be one.</summary>
    private static SecretPlace Attached(SecretWords words)
    {
        var secret = words.Any("Q", "Z", "x") + words.Free();
        return new("attached option", words.Number(0, 3) switch
        {
            0 => [words.Any("-p", "-P", "-k", "-u", "-U") + secret],
            1 => [words.Any("-p=", "-P=", "-u=") + secret],
            _ => [words.Any("-uroot:", "-ushop:") + secret],
        }, secret);
    }

    private static SecretPlace Variable(SecretWords words)
    {
        var (name, free, quotable, single) = (words.UpperName(), words.Free(), words.Quotable(), words.Single());
        return words.Number(0, 5) switch
        {
            0 => new("variable", [$"{name}={free}"], free),
            1 => new("variable", ["-e", $"{name}={free}"], free),
            2 => new("variable", ["sh", "-c", $"export {name}='{quotable}'; exec ./app"], quotable),
            3 => new("variable", ["sh", "-c", $"{name}=\"{quotable}\" ./app --port 80"], quotable),
            _ => new("variable", ["env", $"{name}={single}", "./app"], single),
        };
    }

    private static SecretPlace Url(SecretWords words)
    {
        var (plain, encoded, single, name) = (words.Plain(), words.Encoded(), words.Single().Replace("@", "", StringComparison.Ordinal), words.Name());
        var scheme = words.Any("https", "postgres", "mysql", "mongodb+srv", "redis", "rediss", "amqp", "amqps", "smtp", "ftp", "nats", "HTTP");
        return words.Number(0, 11) switch
        {
            0 => new("url", [$"{scheme}://user:{encoded}@host.example:5432/path?x=1"], encoded),
            1 => new("url", [$"--url={scheme}://:{encoded}@host"], encoded),
            2 => new("url", ["--url", $"{scheme}://{plain}@host/path"], plain),
            3 => new("url", [$"{scheme}://u:{single}@db:5432/x"], single),
            4 => new("url", [$"https://host/path?a=1&{name}={encoded}&b=2"], encoded),
            5 => new("url", [$"https://acc.blob.example/c?sv=2024-01-01&sr=b&sig={encoded}%3D&se=2030"], encoded),
            6 => new("url", [$"https://b.s3.example/k?X-Amz-Credential={plain}%2F2026%2Feu%2Fs3&X-Amz-Signature={encoded}"], plain, encoded),
            7 => new("url", ["--proxy", $"guest:{plain}@proxy.example:3128"], plain),
            8 => new("url", [$"https://hooks.slack.com/services/T0000/B0000/{plain}"], plain),
            9 => new("url", [$"--redirect=shop%3F{name.Replace(':', '_')}%3D{encoded}"], encoded),
            _ => new("url", [$"git+https://x:{plain}@git.example/a/b.git#main"], plain),
        };
    }

    private static SecretPlace ConnectionString(SecretWords words)
    {
        var (plain, single, quotable, base64) = (words.Plain(), words.Single().Replace(',', '.'), words.Quotable(), words.Base64(32, 70));
        var key = words.Any("Password", "Pwd", "PASSWORD", "password");
        var (text, secret) = words.Number(0, 16) switch
        {
            0 => ($"Server=db,1433;Database=shop;User Id=sa;{key}={single};Encrypt=True", single),
            1 => ($"Server=db;User Id=sa;{key}='{quotable}';Encrypt=True", quotable),
            2 => ($"Server=db;User Id=sa;{key}=\"{plain}\"\"{single}\";Encrypt=True", single),
            3 => ($"Host=db;Port=5432;Username=shop;{key} = {single} ; Pooling=true", single),
            4 => ($"host=db user=shop password={plain} dbname=shop sslmode=require", plain),
            5 => ($"host=db user=shop password='{quotable}' dbname=shop", quotable),
            6 => ($"jdbc:postgresql://db:5432/shop?user=u&password={plain}&ssl=true", plain),
            7 => ($"jdbc:sqlserver://db;user=sa;password={{{quotable.Replace('}', '.')}}};encrypt=true", quotable.Replace('}', '.')),
            8 => ($"jdbc:oracle:thin:scott/{plain}@//db:1521/shop", plain),
            9 => ($"redis.example:6380,password={single},ssl=True,abortConnect=False", single),
            10 => ($"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={base64};EndpointSuffix=core.example", base64),
            11 => ($"Endpoint=sb://shop.example/;SharedAccessKeyName=Root;SharedAccessKey={base64};EntityPath=orders", base64),
            12 => ($"mongodb://u:{Uri.EscapeDataString(single)}@a:27017,b:27017/?replicaSet=r", Uri.EscapeDataString(single)),
            13 => ($"Driver={{PostgreSQL}};Server=db;Uid=u;Pwd={{{quotable.Replace('}', '.')}}};", quotable.Replace('}', '.')),
            14 => ($"shop:{plain}@tcp(db:3306)/shop?parseTime=true", plain),
            _ => ($"amqp://guest:{Uri.EscapeDataString(single)}@rabbit/%2F", Uri.EscapeDataString(single)),
        };
        return new("connection string", words.Number(0, 4) switch
        {
            0 => [text],
            1 => ["--db", text],
            2 => [$"--ConnectionStrings:Main={text}"],
            _ => [$"--set=Db={text}"],
        }, secret);
    }

    private static SecretPlace Header(SecretWords words)
    {
        var (single, jwt, base64) = (words.Single(), words.Jwt(), words.Base64(6, 60));
        return words.Number(0, 8) switch
        {
            0 => new("header", ["-H", $"Authorization: Bearer {jwt}"], jwt),
            1 => new("header", [$"--header=Authorization: Basic {base64}"], base64),
            2 => new("header", ["--header", $"X-Api-Key: {single}"], single),
            3 => new("header", ["--header", $"Cookie: a=1; session={single}"], single),
            4 => new("header", ["Authorization:", "Bearer", single], single),
            5 => new("header", [$"X: {words.Any("Bearer", "BASIC", "bearer")} {base64}"], base64),
            6 => new("header", [$"--headers=authorization%3A%20Bearer%20{jwt}"], jwt),
            _ => new("header", ["--otlp-headers", $"x=1,api-key={single}"], single),
        };
    }

    private static SecretPlace Json(SecretWords words)
    {
        var (name, quotable, single) = (words.Name(), words.Quotable(), words.Single());
        return words.Number(0, 8) switch
        {
            0 => new("json", [$"{{\"port\":80,\"{name}\":\"{quotable}\",\"x\":1}}"], quotable),
            1 => new("json", [$"{{ \"{name}\" : \"{quotable}\" }}"], quotable),
            2 => new("json", ["--config", $"{{\\\"port\\\":80,\\\"{name}\\\":\\\"{quotable}\\\"}}"], quotable),
            3 => new("json", [$"{{\"ConnectionStrings\":{{\"Main\":\"Server=db;Password={single}\"}}}}"], single),
            4 => new("json", [$"[{{\"name\":\"{name}\",\"value\":\"{quotable}\"}}]"], quotable),
            5 => new("json", [$"{{\"a\":1,\"{name}\":[\"{quotable}\",\"{single}\"]}}"], quotable, single),
            6 => new("json", [$"<db><{name.Replace(':', '.')}>{single}</{name.Replace(':', '.')}></db>"], single),
            _ => new("json", [$"{{{name}: {single}}}"], single),
        };
    }

    private static SecretPlace Shape(SecretWords words)
    {
        var shaped = words.Shaped();
        return new("shape", words.Number(0, 6) switch
        {
            0 => [shaped],
            1 => [$"--value={shaped}"],
            2 => ["run", $"x,{shaped},y"],
            3 => [$"https://host/{shaped}/x"],
            4 => [$"\"{shaped}\""],
            _ => ["-v", shaped],
        }, shaped);
    }

    private static SecretPlace KeyBlock(SecretWords words)
    {
        var (lines, kind) = (words.KeyLines(), words.Any("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "CERTIFICATE"));
        var whole = string.Join(words.Any("\n", "\\n", " ", "\r\n"), [$"-----BEGIN {kind}-----", .. lines, $"-----END {kind}-----"]);
        return new("key block", words.Number(0, 4) switch
        {
            0 => [$"-----BEGIN {kind}-----", .. lines, $"-----END {kind}-----"],
            1 => [.. whole.Replace("\\n", " ", StringComparison.Ordinal).Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)],
            2 => [whole],
            _ => [$"--tls={whole}"],
        }, lines);
    }

    private static SecretPlace Line(SecretWords words)
    {
        var (name, single, quotable) = (words.Name(), words.Single(), words.Quotable());
        var gap = words.Any(" ", " ", "  ", "\t", "\n");
        var attached = words.Any("Q", "Z", "x") + single;
        return words.Number(0, 9) switch
        {
            0 => new("line", [$"dotnet Shop.dll --{name}{gap}{single} --port 80"], single),
            1 => new("line", [$"dotnet Shop.dll --{name}='{quotable}' --port 80"], quotable),
            2 => new("line", [$"shop: worker --{name}{gap}\"{quotable}\" --port 80"], quotable),
            3 => new("line", ["sh", "-c", $"curl -u root:{single} https://host"], single),
            4 => new("line", ["sh", "-c", $"./app --{name}={single} --port 80"], single),
            5 => new("line", ["sh", "-c", $"config set requirepass{gap}{single}"], single),
            6 => new("line", ["sh", "-c", $"mysqldump -uroot{gap}-p{attached} -P3306 shop"], attached),
            7 => new("line", ["sh", "-c", $"mysql -P3306{gap}-p'{quotable}' shop"], quotable),
            _ => new("line", ["bash", "-lc", $"./app --url postgres://u:{words.Encoded()}@db/x --{name}{gap}'{quotable}'"], quotable),
        };
    }

    // Names divided by what nobody sees, and separators in other alphabets of URLs.
    private static SecretPlace Encoded(SecretWords words)
    {
        var encoded = words.Encoded();
        return words.Number(0, 3) switch
        {
            0 => new("encoded", [$"--pass\u200bword={encoded}"], encoded),
            1 => new("encoded", [$"https://h/?next=a%3Ftoken%3D{encoded}%26b%3D2"], encoded),
            _ => new("encoded", [$"data:api_key%3a{encoded}"], encoded),
        };
    }
}
