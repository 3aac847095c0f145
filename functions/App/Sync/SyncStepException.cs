using LdapSync.App.Operations;
using LdapSync.Core.Reading;
using LdapSync.Storage;
using Microsoft.Extensions.Logging;

namespace LdapSync.App.Sync;

/// <summary>An activity failed; the message is for administrators, free of personal data, and says by a marker whether a retry can help.</summary>
public sealed class SyncStepException(string message) : Exception(message);

/// <summary>An administrator cancelled the run.</summary>
internal sealed class RunCancelledException() : Exception("The run was cancelled by an administrator.");

/// <summary>The run cannot go on, and trying again changes nothing: the message says what to mend.</summary>
internal sealed class SyncRefusedException(string message) : Exception(message);

/// <summary>Runs the work of an activity and turns its failures into what durable history may keep.</summary>
internal static partial class SyncStep
{
    public static async Task<T> RunAsync<T>(ILogger logger, string runId, string step, Func<Task<T>> work)
    {
        try
        {
            return await Telemetry.StepAsync(runId, step, work);
        }
        catch (DirectoryException failure)
        {
            var unreachable = failure.Failure is DirectoryFailure.UnknownHost or DirectoryFailure.Unreachable or DirectoryFailure.TimedOut
                or DirectoryFailure.ConnectionLost or DirectoryFailure.Unavailable;
            throw new SyncStepException((failure.CanRetry ? "" : Steps.FinalMarker) + (unreachable ? Steps.UnreachableMarker : "") + failure.Message);
        }
        catch (RunCancelledException cancelled)
        {
            throw new SyncStepException(Steps.CancelledMarker + cancelled.Message);
        }
        catch (SyncRefusedException refused)
        {
            throw new SyncStepException(Steps.FinalMarker + refused.Message);
        }
        catch (StorageUnavailableException away)
        {
            throw new SyncStepException(away.Message);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception unexpected)
        {
            // The message of an unknown exception may quote what it failed on; type and place are enough to find it.
            LogUnexpected(logger, runId, step, unexpected.GetType().FullName ?? "", unexpected.StackTrace ?? "");
            throw new SyncStepException($"The step {step} failed unexpectedly ({unexpected.GetType().Name}); the application's log has the place. The next run starts afresh.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}, step {Step}: unexpected {Type} at {Place}")]
    private static partial void LogUnexpected(ILogger logger, string runId, string step, string type, string place);
}
