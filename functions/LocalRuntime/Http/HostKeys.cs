using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LdapSync.LocalRuntime.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace LdapSync.LocalRuntime.Http;

/// <summary>The host's keys, made once and kept in a file that only its owner may read.</summary>
internal sealed class HostKeys
{
    private readonly Stored stored;

    public HostKeys(HostSettings settings)
    {
        stored = settings is { MasterKey: { } master, FunctionKey: { } function }
            ? new Stored(master, function, master)
            : ReadOrMake(Path.Combine(settings.KeysFolder, "host.json"));
        stored = stored with { Master = settings.MasterKey ?? stored.Master, Function = settings.FunctionKey ?? stored.Function };
    }

    public string Master => stored.Master;

    public string Function => stored.Function;

    /// <summary>Opens the durable web hooks.</summary>
    public string Durable => stored.Durable;

    /// <summary>Whether the request may do what asks for this level; its key is in <c>x-functions-key</c> or <c>code</c>.</summary>
    public bool Allows(HttpRequest request, AuthorizationLevel level, bool isDurableHook = false)
    {
        if (level == AuthorizationLevel.Anonymous)
        {
            return true;
        }

        var given = request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString();
        return Same(given, stored.Master)
            || (level is AuthorizationLevel.Function or AuthorizationLevel.User && Same(given, stored.Function))
            || (isDurableHook && Same(given, stored.Durable));
    }

    private static bool Same(string given, string key) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Stored ReadOrMake(string file)
    {
        if (!File.Exists(file))
        {
            var made = JsonSerializer.SerializeToUtf8Bytes(new Stored(Make(), Make(), Make()));
            var folder = Path.GetDirectoryName(file)!;
            var draft = Path.Combine(folder, Path.GetRandomFileName());
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(draft, options))
            {
                stream.Write(made);
            }

            try
            {
                File.Move(draft, file, overwrite: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                // Another host made it in this moment: its keys are the keys.
                File.Delete(draft);
            }
        }

        return JsonSerializer.Deserialize<Stored>(File.ReadAllBytes(file)) ?? throw new InvalidOperationException($"{file} is empty: remove it, and new keys are made.");
    }

    private static string Make() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(40)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    private sealed record Stored(string Master, string Function, string Durable);
}
