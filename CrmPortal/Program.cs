using CrmPortal.Account;
using CrmPortal.Api;
using CrmPortal.Hosting;
using CrmPortal.Layout;

var builder = WebApplication.CreateBuilder(args);
builder.AddCrmSettings();
builder.Services.AddCrmHosting(builder.Configuration, builder.Environment);
builder.Services.AddCrmAccounts();
builder.Services.AddCrmApi();
builder.Services.AddCrmScreens();

var app = builder.Build();
app.UseCrmHosting();
app.UseCrmAccounts();
app.UseCrmScreens();
app.MapCrmHealth();
app.MapCrmAccounts();
app.MapCrmApi();
app.MapCrmScreens();
await app.RunAsync();
