// Before the first paint: say that scripts run, so that the parts only they can serve are shown.
document.documentElement.dataset.js = "";
