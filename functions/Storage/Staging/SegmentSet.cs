namespace LdapSync.Storage.Staging;

/// <summary>What one writer has staged: small, and JSON, so that it fits an orchestration's history.</summary>
/// <param name="Folder">Where the segments are.</param>
/// <param name="Name">The writer's name.</param>
/// <param name="Count">How many segments there are; 0 when nothing was written.</param>
/// <param name="Hash">SHA-256 in hexadecimal over the sections' names and uncompressed records, sections in order of name; however it was split.</param>
public sealed record SegmentSet(string Folder, string Name, int Count, string Hash)
{
    internal string BlobName(int segment) => SegmentFormat.BlobName(Folder, Name, segment);
}
