using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Commands;
using CrmPortal.Features.Exports;
using CrmPortal.Hosting;
using CrmPortal.Layout;

if (CommandLine.Finds(args)) return await CommandLine.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddCrmSettings();
builder.Services.AddCrmHosting(builder.Configuration, builder.Environment);
builder.Services.AddCrmAccounts();
builder.Services.AddCrmApi();
builder.Services.AddCrmScreens();

var app = builder.Build();
if (!app.HasGoodSettings()) return 1;
WorkAhead.MakeModel(app.Services);
app.UseCrmHosting();
app.UseCrmAccounts();
app.UseCrmScreens();
app.UseCrmApi();
app.MapCrmHealth();
app.MapCrmAccounts();
app.MapCrmApi();
app.MapCrmExports();
EndpointsBuiltOnce.Keep(app);
app.MapCrmScreens();
return await app.RunCrmAsync();
