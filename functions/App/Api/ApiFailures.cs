using LdapSync.Core.Reading;
using LdapSync.Storage;

namespace LdapSync.App.Api;

/// <summary>Failures as people are told them: the same by the API and by the pages.</summary>
internal static class ApiFailures
{
    public static ApiException Unexpected { get; } = new(500, "Unexpected error", "This is an error of the application; its log has the place.");

    /// <summary>Null: not one that anybody expects.</summary>
    public static ApiException? Explain(Exception failure) => failure switch
    {
        ApiException problem => problem,
        DirectoryException => new ApiException(502, "The directory cannot be read", failure.Message),
        StorageUnavailableException => new ApiException(503, "Storage is unavailable", failure.Message),
        RecordChangedException => new ApiException(412, "Changed meanwhile", "Somebody else changed this at the same time. Read it again and repeat your change."),
        RecordExistsException => new ApiException(409, "Exists already", "There is one with this id already."),
        _ => null,
    };
}
