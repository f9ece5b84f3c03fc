using CrmPortal.Core.Platform.Common;
using Microsoft.Extensions.DependencyInjection;

namespace CrmPortal.Core.Customers;

/// <summary>Notes.</summary>
internal sealed class NotesSetup : IKindSetup
{
    public void Add(IServiceCollection services) => services.AddScoped<NoteService>();
}
