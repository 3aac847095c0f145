using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using LdapSync.RecordsBackup;

const string Usage = """
    Copies the records (Azure tables) to a folder, or a folder back into empty tables.

      export FOLDER
      import FOLDER

    Records__AccountName       the storage account, with your own sign-in (az login); or Records__ConnectionString
    Records__TablePrefix       default LdapSync
    Records__EndpointSuffix    default core.windows.net
    """;

if (args is not [("export" or "import") and var command, var folder])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

try
{
    var copy = new RecordsCopy(Service(), Setting("Records__TablePrefix") ?? "LdapSync");
    var counts = command == "export" ? await copy.ExportAsync(folder) : await copy.ImportAsync(folder);
    foreach (var (table, count) in counts)
    {
        Console.WriteLine($"{table,-24} {count,10:N0}");
    }

    return 0;
}
catch (Exception failure) when (failure is InvalidOperationException or InvalidDataException or IOException or RequestFailedException or AuthenticationFailedException)
{
    Console.Error.WriteLine(failure is RequestFailedException { Status: 403 }
        ? "The storage account refuses: export needs the role Storage Table Data Reader, import Storage Table Data Contributor."
        : failure.Message);
    return 1;
}

static TableServiceClient Service() =>
    Setting("Records__ConnectionString") is { } connection ? new TableServiceClient(connection)
    : Setting("Records__AccountName") is { } account
        ? new TableServiceClient(new Uri($"https://{account}.table.{Setting("Records__EndpointSuffix") ?? "core.windows.net"}"), new DefaultAzureCredential())
        : throw new InvalidOperationException("Set Records__AccountName to the storage account of the records.");

static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
