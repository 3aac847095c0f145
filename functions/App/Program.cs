using LdapSync.App;
using LdapSync.App.Operations;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.Services.AddLdapSync(builder.Configuration);
builder.Services.AddTelemetryExport(builder.Configuration);
builder.Build().Run();
