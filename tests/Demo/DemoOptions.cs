namespace LdapSync.Demo;

/// <param name="Fast">No pauses for reading.</param>
/// <param name="Keep">The servers go on until <c>./dev stop</c>.</param>
internal sealed record DemoOptions(bool Fast, bool Keep)
{
    /// <returns>Null: there is an argument that is none of ours.</returns>
    public static DemoOptions? Parse(string[] arguments) =>
        arguments.All(argument => argument is "--fast" or "--keep")
            ? new(arguments.Contains("--fast"), arguments.Contains("--keep"))
            : null;
}

/// <summary>Something is not as it has to be; the message says what, for the person who looks on.</summary>
internal sealed class DemoException(string message, Exception? inner = null) : Exception(message, inner);
