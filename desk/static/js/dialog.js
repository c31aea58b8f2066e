// A dialog that a popover button opens becomes a modal one: the page behind is inert, focus stays inside and comes back.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[popovertarget]");
  const dialog = button && document.getElementById(button.getAttribute("popovertarget"));
  if (!(dialog instanceof HTMLDialogElement)) return;
  event.preventDefault();
  if (dialog.matches(":modal")) dialog.close();
  else if (!button.hasAttribute("data-close")) {
    if (dialog.matches(":popover-open")) dialog.hidePopover();
    dialog.showModal();
  } else if (dialog.matches(":popover-open")) dialog.hidePopover();
});

document.addEventListener("pointerdown", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.matches(":modal")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});
