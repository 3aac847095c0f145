using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using LdapSync.AdminPages.Frame;

namespace LdapSync.AdminPages;

/// <summary>A file for browsers.</summary>
/// <param name="Compressed">With Brotli.</param>
public sealed record Asset(string ContentType, string Version, byte[] Content, byte[] Compressed);

/// <summary>Styles, script and icon: embedded, compressed once, under addresses that change with their content.</summary>
public static class PageAssets
{
    private static readonly FrozenDictionary<string, Lazy<Asset>> All = new Dictionary<string, string>
    {
        ["app.css"] = "text/css; charset=utf-8",
        ["pico.css"] = "text/css; charset=utf-8",
        ["htmx.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    }.ToFrozenDictionary(file => file.Key, file => new Lazy<Asset>(() => Load(file.Key, file.Value)), StringComparer.Ordinal);

    public static IEnumerable<string> Names => All.Keys;

    public static Asset? Find(string name) => All.GetValueOrDefault(name)?.Value;

    public static string Path(string name) => $"{Paths.Root}/assets/{name}?v={All[name].Value.Version}";

    private static Asset Load(string name, string contentType)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        stream.CopyTo(content);
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            brotli.Write(content.GetBuffer().AsSpan(0, (int)content.Length));
        }

        var bytes = content.ToArray();
        return new Asset(contentType, Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 6)), bytes, compressed.ToArray());
    }
}
