namespace LdapSync.TestBed;

/// <summary>How the storage behind a <see cref="TableProxy"/> fails.</summary>
public enum FailureMode
{
    None,

    /// <summary>The connection is cut before anything reaches the storage.</summary>
    Cut,

    /// <summary>503, and nothing reaches the storage.</summary>
    Unavailable,

    /// <summary>The storage does what is asked, but its answer is lost: whoever asked cannot know.</summary>
    LoseAnswer,

    /// <summary>403, and nothing reaches the storage.</summary>
    Forbidden,

    /// <summary>No answer until whoever asks gives up, and nothing reaches the storage.</summary>
    Stall,
}
